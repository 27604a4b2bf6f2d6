package io.pgtopo.agent.live;

class Session13IT extends SessionContract {
  Session13IT() {
    super(13);
  }
}
