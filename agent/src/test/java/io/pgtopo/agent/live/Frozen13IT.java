package io.pgtopo.agent.live;

class Frozen13IT extends FrozenContract {
  Frozen13IT() {
    super(13);
  }
}
