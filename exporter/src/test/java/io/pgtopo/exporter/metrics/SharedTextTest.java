package io.pgtopo.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class SharedTextTest {
  @Test
  void what_is_compressed_in_two_parts_is_read_as_one() throws IOException {
    var random = new Random(1);
    for (var first : new int[] {0, 1, 100, 16 * 1024, 100_000, 3_000_000}) {
      for (var second : new int[] {0, 1, 5_000, 200_000}) {
        var one = new byte[first];
        var other = new byte[second];
        random.nextBytes(one);
        Arrays.fill(other, (byte) 'a');
        var shared = new SharedText(one);

        var gzip = shared.with(other, SharedText.Coding.GZIP);
        var compressed = gzip.open().readAllBytes();
        var plain = shared.with(other, SharedText.Coding.IDENTITY);

        assertThat(compressed).hasSize((int) gzip.length());
        var read = new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
        assertThat(read).isEqualTo(plain.open().readAllBytes()).hasSize((int) plain.length());
      }
    }
  }
}
