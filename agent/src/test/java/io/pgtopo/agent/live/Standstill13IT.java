package io.pgtopo.agent.live;

class Standstill13IT extends StandstillContract {
  Standstill13IT() {
    super(13);
  }
}
