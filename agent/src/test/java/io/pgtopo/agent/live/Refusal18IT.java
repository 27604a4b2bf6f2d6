package io.pgtopo.agent.live;

class Refusal18IT extends RefusalContract {
  Refusal18IT() {
    super(18);
  }
}
