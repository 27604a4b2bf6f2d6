package io.pgtopo.agent.live;

class Frozen18IT extends FrozenContract {
  Frozen18IT() {
    super(18);
  }
}
