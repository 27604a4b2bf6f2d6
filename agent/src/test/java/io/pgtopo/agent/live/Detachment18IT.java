package io.pgtopo.agent.live;

class Detachment18IT extends DetachmentContract {
  Detachment18IT() {
    super(18);
  }
}
