package io.pgtopo.agent.live;

class Ends13IT extends EndsContract {
  Ends13IT() {
    super(13);
  }
}
