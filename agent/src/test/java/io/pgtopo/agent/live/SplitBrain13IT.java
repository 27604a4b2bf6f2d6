package io.pgtopo.agent.live;

class SplitBrain13IT extends SplitBrainContract {
  SplitBrain13IT() {
    super(13);
  }
}
