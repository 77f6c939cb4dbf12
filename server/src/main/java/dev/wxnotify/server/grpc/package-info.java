/** The gRPC edge: the contract on one side, {@link dev.wxnotify.server.delivery} on the other. */
@NullMarked
package dev.wxnotify.server.grpc;

import org.jspecify.annotations.NullMarked;
