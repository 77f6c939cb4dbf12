/* What only the inbox needs, beside web.js. Without it the pages are complete. */
(function () {
  'use strict';

  // A line that says what a form did is said once: a reload must not say it again.
  var here = new URL(window.location.href);
  if (here.searchParams.has('done')) {
    here.searchParams.delete('done');
    window.history.replaceState(null, '', here.pathname + here.search + here.hash);
  }

  // A connection that breaks goes on after the last event that came, not after that of the page.
  document.addEventListener('htmx:sseMessage', function (event) {
    var id = event.detail.lastEventId;
    var stream = event.target.closest('[sse-connect]');
    if (id && stream) {
      stream.setAttribute('sse-connect', '/sandbox/events?last_event_id=' + encodeURIComponent(id));
    }
  });

  // Who reads further down must not lose the place: a link offers what is new.
  var READING = 400;
  var fresh = document.getElementById('fresh');

  function isOfStream(request) {
    var cause = request && request.triggeringEvent;
    return cause && cause.type.indexOf('sse:') === 0;
  }

  if (fresh) {
    document.addEventListener('htmx:beforeRequest', function (event) {
      if (event.detail.target.id !== 'messages') {
        return;
      }
      if (window.scrollY > READING && isOfStream(event.detail.requestConfig)) {
        fresh.hidden = false;
        event.preventDefault();
      } else {
        fresh.hidden = true;
      }
    });
    fresh.addEventListener('click', function (event) {
      event.preventDefault();
      window.scrollTo(0, 0);
      htmx.trigger(document.body, 'web:refresh');
    });
  }
})();
