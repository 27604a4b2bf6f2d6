package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.pgtopo.exporter.view.PackedText;
import java.util.Map;
import java.util.regex.Pattern;

/** The files of the page, which are packed with the program. */
final class PageFiles {
  private static final Pattern NAME = Pattern.compile("[a-z]+\\.(js|css|svg)");
  private static final Map<String, String> TYPES =
      Map.of("js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");

  private PageFiles() {}

  static void index(Context ctx) {
    Query.only(ctx);
    ctx.html(HttpApi.resource("page/index.html"));
  }

  /** One of them, if its name is that of one. */
  static void show(Context ctx) {
    Query.only(ctx);
    var name = NAME.matcher(ctx.pathParam("name"));
    if (!name.matches() || !PackedText.exists("page/" + name.group())) {
      throw new NotFoundResponse("the page has no file of this name");
    }
    ctx.contentType(TYPES.get(name.group(1)) + ";charset=utf-8");
    ctx.result(PackedText.of("page/" + name.group()));
  }
}
