package io.pgtopo.agent.live;

class Privilege13IT extends PrivilegeContract {
  Privilege13IT() {
    super(13);
  }
}
