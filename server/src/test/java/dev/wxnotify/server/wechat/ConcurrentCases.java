package dev.wxnotify.server.wechat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The cases of this test method run at the same time as each other, and as those of the other
 * methods of its class that have this annotation: they mostly wait for sockets.
 *
 * <p>It is for methods only. On a class it would also let the class run beside other classes, and
 * some of those set what all of a JVM share, such as system properties.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Execution(ExecutionMode.CONCURRENT)
@interface ConcurrentCases {}
