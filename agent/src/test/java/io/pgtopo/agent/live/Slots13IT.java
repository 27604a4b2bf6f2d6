package io.pgtopo.agent.live;

class Slots13IT extends SlotsContract {
  Slots13IT() {
    super(13);
  }
}
