package io.pgtopo.agent.live;

class Standstill18IT extends StandstillContract {
  Standstill18IT() {
    super(18);
  }
}
