package io.pgtopo.agent.live;

class Failover13IT extends FailoverContract {
  Failover13IT() {
    super(13);
  }
}
