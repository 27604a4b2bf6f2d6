package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LoopbackAddressesTest {
  @Test
  void two_labs_have_different_blocks_until_one_is_closed() {
    try (Addresses first = LoopbackAddresses.claim(OptionalInt.empty())) {
      String freed;
      try (Addresses second = LoopbackAddresses.claim(OptionalInt.empty())) {
        freed = second.next().address();
        assertThat(first.next().address()).isNotEqualTo(freed);
      }

      try (Addresses third = LoopbackAddresses.claim(OptionalInt.empty())) {
        assertThat(third.next().address()).isEqualTo(freed);
      }
    }
  }

  @Test
  void nodes_are_numbered_within_their_block_and_share_a_port() {
    try (Addresses addresses = LoopbackAddresses.claim(OptionalInt.of(15_500))) {
      assertThat(addresses.next().address()).startsWith("127.77.").endsWith(".1");
      assertThat(addresses.next().address()).endsWith(".2");
      assertThat(addresses.port()).isEqualTo(15_500);
    }
  }

  @Test
  void a_partition_is_not_supported_on_loopback() {
    try (Addresses addresses = LoopbackAddresses.claim(OptionalInt.empty())) {
      LabNode node = addresses.next();

      assertThatThrownBy(() -> addresses.partition(node))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage(
              "A partition needs a network that can be cut: open the lab with LabNetwork.NAMESPACES, as root.");
    }
  }
}
