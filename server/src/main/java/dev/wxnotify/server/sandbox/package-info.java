/**
 * A fake of WeChat's HTTP API for tests and first tries. It is faithful to what WeChat documents
 * and to what developers have reported; where both are silent it has chosen, and {@code
 * docs/sandbox.md} says where. It speaks HTTP only and knows nothing of the rest of the product.
 */
@NullMarked
package dev.wxnotify.server.sandbox;

import org.jspecify.annotations.NullMarked;
