package io.pgtopo.agent.live;

class Divergence18IT extends DivergenceContract {
  Divergence18IT() {
    super(18);
  }
}
