package io.pgtopo.agent.live;

class Failover18IT extends FailoverContract {
  Failover18IT() {
    super(18);
  }
}
