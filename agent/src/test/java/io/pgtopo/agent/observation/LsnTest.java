package io.pgtopo.agent.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LsnTest {
  @Test
  void prints_what_it_parsed() {
    for (var text : List.of("0/0", "0/1", "16/B374D848", "FFFFFFFF/FFFFFFFF", "1/0")) {
      assertThat(Lsn.parse(text)).hasToString(text);
    }
  }

  @Test
  void is_unsigned() {
    var last = Lsn.parse("FFFFFFFF/FFFFFFFF");
    var middle = Lsn.parse("80000000/0");

    assertThat(last).isGreaterThan(middle);
    assertThat(middle).isGreaterThan(Lsn.parse("7FFFFFFF/FFFFFFFF"));
    assertThat(middle.bytesAfter(Lsn.parse("7FFFFFFF/FFFFFFFF"))).isEqualTo(1);
  }

  @Test
  void rejects_what_is_no_lsn() {
    for (var text : List.of("", "0", "/", "0/", "0/123456789", "G/0", "0/0 ", "-1/0", "0/0/0")) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> Lsn.parse(text))
          .withMessage("not an LSN, such as 16/B374D848: " + text);
    }
  }
}
