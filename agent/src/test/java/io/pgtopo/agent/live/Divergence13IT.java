package io.pgtopo.agent.live;

class Divergence13IT extends DivergenceContract {
  Divergence13IT() {
    super(13);
  }
}
