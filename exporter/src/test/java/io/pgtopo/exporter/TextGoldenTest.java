package io.pgtopo.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.Style.Colours;
import io.pgtopo.exporter.Style.Glyphs;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TextGoldenTest {

  @TestFactory
  Stream<DynamicTest> the_tree_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () ->
                        Golden.assertEqual(
                            "tree-" + story.getKey() + ".txt",
                            TreeText.render(story.getValue(), Style.PLAIN))));
  }

  @TestFactory
  Stream<DynamicTest> the_diff_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () ->
                        Golden.assertEqual(
                            "diff-" + story.getKey() + ".txt",
                            DiffText.render(story.getValue(), Style.PLAIN))));
  }

  @TestFactory
  Stream<DynamicTest> no_line_is_wider_than_a_terminal() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var text =
                          TreeText.render(story.getValue(), Style.PLAIN)
                              + DiffText.render(story.getValue(), Style.PLAIN);

                      assertThat(text.lines())
                          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
                    }));
  }

  @Test
  void an_ascii_tree_has_no_other_characters() {
    var style = new Style(Glyphs.ASCII, Colours.OFF);

    var tree = TreeText.render(World.lasting(Stories.promotedByHand()), style);

    assertThat(tree.chars()).allMatch(character -> character < 127);
  }

  @Test
  void colours_change_nothing_but_colours() {
    var snapshot = World.lasting(Stories.primaryKilled());

    var coloured =
        TreeText.render(snapshot, new Style(Glyphs.UNICODE, Colours.ON))
            + DiffText.render(snapshot, new Style(Glyphs.UNICODE, Colours.ON));

    assertThat(coloured).contains("\u001b[31m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", ""))
        .isEqualTo(TreeText.render(snapshot, Style.PLAIN) + DiffText.render(snapshot, Style.PLAIN));
  }

  @Test
  void nothing_is_printed_where_all_is_as_declared() {
    assertThat(DiffText.render(World.lasting(Stories.healthy()), Style.PLAIN)).isEmpty();
  }
}
