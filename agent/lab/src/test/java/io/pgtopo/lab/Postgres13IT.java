package io.pgtopo.lab;

class Postgres13IT extends ClusterContract {
  Postgres13IT() {
    super(13);
  }
}
