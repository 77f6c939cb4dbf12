package dev.wxnotify.sandbox;

import java.net.URI;

/**
 * The HTTP request of a push.
 *
 * @param url with its query
 * @param text what the push says, as it is before encryption
 * @param body what is posted
 */
record PushRequest(URI url, String contentType, String text, RawBody body) {}
