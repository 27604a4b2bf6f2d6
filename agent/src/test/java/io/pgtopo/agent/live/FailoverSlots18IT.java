package io.pgtopo.agent.live;

class FailoverSlots18IT extends FailoverSlotsContract {
  FailoverSlots18IT() {
    super(18);
  }
}
