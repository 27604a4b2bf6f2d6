package io.pgtopo.agent.live;

class Privilege10IT extends PrivilegeContract {
  Privilege10IT() {
    super(10);
  }
}
