package io.pgtopo.agent.live;

class Privilege18IT extends PrivilegeContract {
  Privilege18IT() {
    super(18);
  }
}
