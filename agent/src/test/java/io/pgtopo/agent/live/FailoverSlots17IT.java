package io.pgtopo.agent.live;

class FailoverSlots17IT extends FailoverSlotsContract {
  FailoverSlots17IT() {
    super(17);
  }
}
