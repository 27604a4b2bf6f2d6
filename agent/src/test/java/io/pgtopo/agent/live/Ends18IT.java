package io.pgtopo.agent.live;

class Ends18IT extends EndsContract {
  Ends18IT() {
    super(18);
  }
}
