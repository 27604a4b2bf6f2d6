package io.pgtopo.agent.live;

class Logical18IT extends LogicalContract {
  Logical18IT() {
    super(18);
  }
}
