package io.pgtopo.agent.live;

class Detachment13IT extends DetachmentContract {
  Detachment13IT() {
    super(13);
  }
}
