/**
 * The server with a fake WeChat behind it, for the tests of callers.
 *
 * <p>Begin with {@link dev.wxnotify.testing.WxnotifyServer}, or in JUnit 5 with {@link
 * dev.wxnotify.testing.WxnotifyExtension}. It needs Java 17 or newer. Callers that run their tests
 * on an older version, or that are written in another language, start {@code java -jar
 * wxnotify-server.jar serve --sandbox} as a process.
 */
@NullMarked
package dev.wxnotify.testing;

import org.jspecify.annotations.NullMarked;
