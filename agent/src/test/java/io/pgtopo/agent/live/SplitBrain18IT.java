package io.pgtopo.agent.live;

class SplitBrain18IT extends SplitBrainContract {
  SplitBrain18IT() {
    super(18);
  }
}
