package io.pgtopo.agent.live;

class Logical13IT extends LogicalContract {
  Logical13IT() {
    super(13);
  }
}
