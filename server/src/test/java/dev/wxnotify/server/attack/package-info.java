/**
 * Malicious clients that attack a server on this machine, as a tool and as a test: {@link
 * dev.wxnotify.server.attack.AttackRun}.
 */
@NullMarked
package dev.wxnotify.server.attack;

import org.jspecify.annotations.NullMarked;
