package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class GzipTest {
  @Test
  void what_is_compressed_in_two_parts_is_read_as_one() throws IOException {
    var random = new Random(1);
    for (var first : new int[] {0, 1, 100, 16 * 1024, 100_000, 3_000_000}) {
      for (var second : new int[] {0, 1, 5_000, 200_000}) {
        var one = new byte[first];
        var other = new byte[second];
        random.nextBytes(one);
        Arrays.fill(other, (byte) 'a');
        var gzip = Gzip.of(one);

        var body = gzip.compressedWith(other);
        var compressed = body.content().readAllBytes();
        var plain = gzip.with(other);

        assertThat(compressed).hasSize((int) body.length());
        var read = new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
        assertThat(read).isEqualTo(plain.content().readAllBytes()).hasSize((int) plain.length());
      }
    }
  }

  @Test
  void gzip_is_sent_to_who_takes_it() {
    for (var yes : new String[] {"gzip", "deflate, gzip;q=0.5", "br,gzip"}) {
      assertThat(Exposition.takesGzip(yes)).as(yes).isTrue();
    }
    for (var no : new String[] {"", "identity", "gzip;q=0", "deflate, gzip;q=0.0", "x-gzipped"}) {
      assertThat(Exposition.takesGzip(no)).as(no).isFalse();
    }
    assertThat(Exposition.takesGzip(null)).isFalse();
  }
}
