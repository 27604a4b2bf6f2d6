package io.pgtopo.agent.live;

class Slots18IT extends SlotsContract {
  Slots18IT() {
    super(18);
  }
}
