package io.pgtopo.agent.live;

class ManagerTables13IT extends ManagerTablesContract {
  ManagerTables13IT() {
    super(13);
  }
}
