package io.pgtopo.agent.live;

class ManagerTables18IT extends ManagerTablesContract {
  ManagerTables18IT() {
    super(18);
  }
}
