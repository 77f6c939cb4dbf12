// Command conformance runs the cases of conformance/cases.json: see the README there.
package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"example.com/wxnotify/notify"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/durationpb"
)

type testCase struct {
	Name  string
	Vary  []string
	Steps []json.RawMessage
}

type step struct {
	Call        string
	Ask         string
	Request     json.RawMessage
	Raw         string
	Token       string
	DeadlineMs  int    `json:"deadline_ms"`
	RetryWhile  string `json:"retry_while"`
	Tries       int
	Hold        int
	Cancel      bool
	Items       []item
	Count       int
	CancelAfter int `json:"cancel_after"`
	Want        *want
	HTTP        string `json:"http"`
	Body        json.RawMessage
	Contains    []string
	Lacks       []string
}

type item struct {
	Send json.RawMessage
	Want want
}

type want struct {
	Has      any
	Accepted *struct {
		Replayed  *bool
		MessageID *string `json:"message_id"`
	}
	Error *wantedError
}

type wantedError struct {
	Code       string
	Details    *bool
	Reason     string
	Outcome    string
	Errcode    string
	Fields     []string
	RetryAfter []json.RawMessage `json:"retry_after_ms"`
	Replayed   bool
}

// answer is what a message got: by a unary call, or as an item of a batch.
type answer struct {
	messageID string
	replayed  bool
	status    *status.Status // Of a unary call that failed.
	failure   *pb.SendError
}

// endedByOwnClock reports a deadline about which the service did not say what it meant for the message.
func (a answer) endedByOwnClock() bool {
	return a.failure == nil && a.status.Code() == codes.DeadlineExceeded
}

type runner struct {
	client    pb.NotificationServiceClient
	conn      *grpc.ClientConn
	sandbox   string
	messageID string
	held      []chan error
	release   context.CancelFunc
}

var ridForm = regexp.MustCompile("^[0-9a-f]{8}(-[0-9a-f]{8}){2}$")

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: conformance HOST:PORT SANDBOX_URL CASES_FILE")
		os.Exit(2)
	}
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	fatal(err)
	text, err := os.ReadFile(os.Args[3])
	fatal(err)
	filled := regexp.MustCompile(`\{fill:(\d+)}`).ReplaceAllFunc(text, func(found []byte) []byte {
		n, _ := strconv.Atoi(string(found[6 : len(found)-1]))
		return bytes.Repeat([]byte("x"), n)
	})
	filled = bytes.ReplaceAll(filled, []byte("{run}"), fmt.Appendf(nil, "%08x", rand.Uint32()))
	var list struct{ Cases []testCase }
	fatal(json.Unmarshal(filled, &list))

	// The server reads the templates in the background; messages are checked by them from then on.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	_, err = pb.NewTemplateServiceClient(conn).ListTemplates(ctx, &pb.ListTemplatesRequest{Refresh: true})
	cancel()
	fatal(err)

	passed, failed := 0, 0
	for _, c := range list.Cases {
		if len(c.Vary) == 0 {
			c.Vary = []string{""}
		}
		for _, variant := range c.Vary {
			r := &runner{client: pb.NewNotificationServiceClient(conn), conn: conn, sandbox: os.Args[2]}
			name := vary(c.Name, variant)
			if err := r.run(c.Steps, variant); err != nil {
				failed++
				fmt.Printf("FAILED %s: %v\n", name, err)
			} else {
				passed++
				fmt.Printf("ok     %s\n", name)
			}
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func vary(text, variant string) string {
	text = strings.ReplaceAll(text, "{v}", variant)
	for i, part := range strings.Fields(variant) {
		text = strings.ReplaceAll(text, fmt.Sprintf("{v%d}", i+1), part)
	}
	return text
}

func (r *runner) run(steps []json.RawMessage, variant string) error {
	defer r.cancel()
	for i, raw := range steps {
		var s step
		if err := json.Unmarshal([]byte(vary(string(raw), variant)), &s); err != nil {
			return err
		}
		if err := r.step(s); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func (r *runner) step(s step) error {
	switch {
	case s.HTTP != "":
		return r.control(s)
	case s.Ask != "":
		return r.ask(s)
	case s.Cancel:
		return r.cancel()
	case s.Hold > 0:
		return r.hold(s)
	case s.Call == "BatchSend":
		return r.batch(s)
	default:
		return r.unary(s)
	}
}

func (r *runner) unary(s step) error {
	n := 0
	for tries := 1; ; tries++ {
		got := r.call(context.Background(), s, n)
		if got.endedByOwnClock() && n+1 < s.Tries {
			n++
			continue
		}
		if s.RetryWhile != "" && got.failure.GetReason().String() == s.RetryWhile && tries < 20 {
			time.Sleep(got.failure.RetryAfter.AsDuration())
			continue
		}
		if err := r.check(*s.Want, got); err != nil {
			return err
		}
		if got.messageID != "" {
			r.messageID = got.messageID
		}
		return nil
	}
}

// ask calls another service, until its answer has what is wanted; a watch has many answers.
func (r *runner) ask(s step) error {
	service, name, _ := strings.Cut(s.Ask, "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("wxnotify.v1." + service))
	if err != nil {
		return err
	}
	method := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(name))
	request := message(method.Input())
	fatal(protojson.Unmarshal(bytes.ReplaceAll(s.Request, []byte("{message_id}"), []byte(r.messageID)), request))
	var wanted any
	if s.Want.Has != nil {
		text, _ := json.Marshal(s.Want.Has)
		fatal(json.Unmarshal(bytes.ReplaceAll(text, []byte("{message_id}"), []byte(r.messageID)), &wanted))
	}
	var seen any
	for range 40 {
		seen, err = r.askOnce(s, method, request, wanted)
		if err == nil && wanted != nil && has(seen, wanted) {
			return nil
		}
		if wanted == nil {
			if err == nil {
				return fmt.Errorf("not refused: %v", seen)
			}
			return r.check(*s.Want, answer{status: status.Convert(err), failure: notify.SendErrorOf(err)})
		}
		time.Sleep(250 * time.Millisecond)
	}
	return fmt.Errorf("no answer has %v; the last one is %v, %w", wanted, seen, err)
}

// askOnce returns the answer in protobuf's JSON; of a watch the first that has what is wanted, or the last.
func (r *runner) askOnce(s step, method protoreflect.MethodDescriptor, request proto.Message, wanted any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ctx = withToken(ctx, s)
	path := "/wxnotify.v1." + s.Ask
	response := message(method.Output())
	if !method.IsStreamingServer() {
		err := r.conn.Invoke(ctx, path, request, response)
		return plain(response), err
	}
	stream, err := r.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(stream.SendMsg(request), stream.CloseSend()); err != nil {
		return nil, err
	}
	for {
		if err := stream.RecvMsg(response); err != nil {
			return nil, err
		}
		if seen := plain(response); wanted != nil && has(seen, wanted) {
			return seen, nil
		}
	}
}

func message(of protoreflect.MessageDescriptor) proto.Message {
	found, err := protoregistry.GlobalTypes.FindMessageByName(of.FullName())
	fatal(err)
	return found.New().Interface()
}

func plain(message proto.Message) any {
	text, err := protojson.Marshal(message)
	fatal(err)
	var seen any
	fatal(json.Unmarshal(text, &seen))
	return seen
}

// has reports whether everything that is wanted is in what was seen.
func has(seen, wanted any) bool {
	switch parts := wanted.(type) {
	case map[string]any:
		members, ok := seen.(map[string]any)
		for name, part := range parts {
			ok = ok && has(members[name], part)
		}
		return ok
	case []any:
		list, ok := seen.([]any)
		for _, part := range parts {
			ok = ok && slices.ContainsFunc(list, func(one any) bool { return has(one, part) })
		}
		return ok
	default:
		return seen == wanted
	}
}

func (r *runner) call(ctx context.Context, s step, n int) answer {
	deadline := 20 * time.Second
	if s.DeadlineMs > 0 {
		deadline = time.Duration(s.DeadlineMs) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	ctx = withToken(ctx, s)
	text := []byte(strings.ReplaceAll(string(s.Request), "{n}", strconv.Itoa(n)))
	var err error
	switch {
	case s.Raw != "":
		request, _ := hex.DecodeString(s.Raw)
		var response []byte
		err = r.conn.Invoke(ctx, "/wxnotify.v1.NotificationService/"+s.Call, request, &response, grpc.ForceCodecV2(rawCodec{}))
	case s.Call == "SendSubscribeMessage":
		request := &pb.SendSubscribeMessageRequest{}
		fatal(protojson.Unmarshal(text, request))
		var response *pb.SendSubscribeMessageResponse
		if response, err = r.client.SendSubscribeMessage(ctx, request); err == nil {
			return answer{messageID: response.MessageId, replayed: response.Replayed}
		}
	default:
		request := &pb.SendSeckillMessageRequest{}
		fatal(protojson.Unmarshal(text, request))
		var response *pb.SendSeckillMessageResponse
		if response, err = r.client.SendSeckillMessage(ctx, request); err == nil {
			return answer{messageID: response.MessageId, replayed: response.Replayed}
		}
	}
	return answer{status: status.Convert(err), failure: notify.SendErrorOf(err)}
}

func withToken(ctx context.Context, s step) context.Context {
	if s.Token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.Token)
}

// rawCodec sends bytes as they are.
type rawCodec struct{ encoding.CodecV2 }

func (rawCodec) Name() string { return "proto" }
func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// hold starts calls that are not awaited, and returns when WeChat has read them all.
func (r *runner) hold(s step) error {
	ctx, cancel := context.WithCancel(context.Background())
	r.release = cancel
	before, err := r.sendsReceived()
	if err != nil {
		return err
	}
	for n := range s.Hold {
		ended := make(chan error, 1)
		r.held = append(r.held, ended)
		go func() {
			if got := r.call(ctx, s, n); got.status.Code() != codes.Canceled {
				ended <- fmt.Errorf("a held call ended with %v (expected: Canceled)", got.status)
			}
			close(ended)
		}()
	}
	for range 1000 {
		if now, err := r.sendsReceived(); err != nil || now >= before+s.Hold {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return errors.New("the held calls never reached WeChat")
}

func (r *runner) cancel() error {
	if r.release != nil {
		r.release()
	}
	var all error
	for _, ended := range r.held {
		all = errors.Join(all, <-ended)
	}
	r.held = nil
	return all
}

func (r *runner) sendsReceived() (int, error) {
	response, err := http.Get(r.sandbox + "/sandbox/state")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var state struct {
		SendsReceived int `json:"sends_received"`
	}
	return state.SendsReceived, json.NewDecoder(response.Body).Decode(&state)
}

func (r *runner) control(s step) error {
	method, path, _ := strings.Cut(s.HTTP, " ")
	request, err := http.NewRequest(method, r.sandbox+path, bytes.NewReader(s.Body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		return fmt.Errorf("%s: %s %s", s.HTTP, response.Status, text)
	}
	for _, part := range s.Contains {
		part = strings.ReplaceAll(part, "{message_id}", r.messageID)
		if !strings.Contains(string(text), part) {
			return fmt.Errorf("%s lacks %s: %s", s.HTTP, part, text)
		}
	}
	for _, part := range s.Lacks {
		if strings.Contains(string(text), part) {
			return fmt.Errorf("%s has %s: %s", s.HTTP, part, text)
		}
	}
	return nil
}

func (r *runner) batch(s step) error {
	if s.Count == 0 {
		s.Count = len(s.Items)
	}
	for tries := 1; ; tries++ {
		results, err := r.stream(s)
		if s.CancelAfter > 0 {
			return err
		}
		if err != nil {
			return err
		}
		if tries < 20 && s.RetryWhile != "" && slices.ContainsFunc(results, func(result *pb.BatchItemResult) bool {
			return result.GetError().GetReason().String() == s.RetryWhile
		}) {
			time.Sleep(time.Second)
			continue
		}
		for n, result := range results {
			got := answer{messageID: result.MessageId, replayed: result.Replayed, failure: result.Error}
			if err := r.check(s.Items[n%len(s.Items)].Want, got); err != nil {
				return fmt.Errorf("item %d: %w", n, err)
			}
			if got.messageID != "" {
				r.messageID = got.messageID
			}
		}
		return nil
	}
}

// stream returns the results by index, after the summary was compared with them.
func (r *runner) stream(s step) ([]*pb.BatchItemResult, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stream, err := r.client.BatchSend(withToken(ctx, s))
	if err != nil {
		return nil, err
	}
	requests := make([]*pb.BatchSendRequest, s.Count)
	for n := range requests {
		requests[n] = &pb.BatchSendRequest{}
		text := strings.ReplaceAll(string(s.Items[n%len(s.Items)].Send), "{n}", strconv.Itoa(n))
		fatal(protojson.Unmarshal([]byte(text), requests[n]))
	}
	go func() {
		for _, request := range requests {
			if stream.Send(request) != nil {
				return
			}
		}
		_ = stream.CloseSend()
	}()
	results := make([]*pb.BatchItemResult, s.Count)
	counted := &pb.BatchSummary{ErrorsByReason: map[string]int64{}}
	var summary *pb.BatchSummary
	for {
		response, err := stream.Recv()
		if s.CancelAfter > 0 && err != nil {
			if status.Code(err) != codes.Canceled {
				return nil, fmt.Errorf("the cancelled stream ended with %w", err)
			}
			return nil, nil
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if summary != nil {
			return nil, fmt.Errorf("an answer after the summary: %v", response)
		}
		if summary = response.GetSummary(); summary != nil {
			continue
		}
		result := response.GetResult()
		if result.Index < 0 || result.Index >= int64(s.Count) || results[result.Index] != nil {
			return nil, fmt.Errorf("index %d is a second or a strange one", result.Index)
		}
		if result.RequestId != requests[result.Index].RequestId {
			return nil, fmt.Errorf("index %d has request id %q", result.Index, result.RequestId)
		}
		if (result.Outcome == pb.Outcome_OUTCOME_ACCEPTED) != (result.Error == nil) ||
			result.Error != nil && result.Error.Outcome != result.Outcome {
			return nil, fmt.Errorf("outcome and error do not agree: %v", result)
		}
		results[result.Index] = result
		count(counted, result)
		if s.CancelAfter > 0 && counted.Total == int64(s.CancelAfter) {
			cancel()
		}
	}
	if counted.Total != int64(s.Count) || !proto.Equal(summary, counted) {
		return nil, fmt.Errorf("the summary %v is not that of the results, %v", summary, counted)
	}
	return results, nil
}

func count(summary *pb.BatchSummary, result *pb.BatchItemResult) {
	summary.Total++
	switch result.Outcome {
	case pb.Outcome_OUTCOME_ACCEPTED:
		summary.Accepted++
	case pb.Outcome_OUTCOME_REJECTED:
		summary.Rejected++
	case pb.Outcome_OUTCOME_NOT_SENT:
		summary.NotSent++
	case pb.Outcome_OUTCOME_UNKNOWN:
		summary.Unknown++
	}
	if result.Replayed {
		summary.Replayed++
	}
	if result.Error != nil {
		summary.ErrorsByReason[result.Error.Reason.String()]++
	}
}

func (r *runner) check(w want, got answer) error {
	if w.Accepted != nil {
		if got.status != nil || got.failure != nil {
			return fmt.Errorf("got %v %v (expected: accepted)", got.status, got.failure)
		}
		if w.Accepted.Replayed != nil && got.replayed != *w.Accepted.Replayed {
			return fmt.Errorf("replayed is %t", got.replayed)
		}
		if w.Accepted.MessageID != nil {
			form := strings.ReplaceAll(*w.Accepted.MessageID, "{message_id}", r.messageID)
			if !regexp.MustCompile(form).MatchString(got.messageID) {
				return fmt.Errorf("message_id is %q (expected: %s)", got.messageID, form)
			}
		}
		return nil
	}
	return checkError(*w.Error, got)
}

func checkError(w wantedError, got answer) error {
	if w.Details != nil && !*w.Details {
		if codeName(got.status.Code()) != w.Code || len(got.status.Proto().GetDetails()) != 0 {
			return fmt.Errorf("got %v (expected: a bare %s)", got.status, w.Code)
		}
		return nil
	}
	failure := got.failure
	if failure == nil {
		return fmt.Errorf("got %v, message %q (expected: %s)", got.status, got.messageID, w.Reason)
	}
	code := codeName(codes.Code(failure.Code))
	if code != w.Code || failure.Reason.String() != w.Reason || failure.Outcome.String() != w.Outcome {
		return fmt.Errorf("got %s %v (expected: %s %s %s)", code, failure, w.Code, w.Reason, w.Outcome)
	}
	if failure.Message == "" || got.messageID != "" || got.replayed != w.Replayed {
		return fmt.Errorf("message, message_id or replayed: %v, %q, %t", failure, got.messageID, got.replayed)
	}
	errcode := ""
	if failure.WechatErrcode != nil {
		errcode = strconv.Itoa(int(*failure.WechatErrcode))
	}
	if errcode != w.Errcode || (errcode != "") != ridForm.MatchString(failure.WechatRid) ||
		(errcode != "") != (failure.WechatErrmsg != "") {
		return fmt.Errorf("what WeChat said: %v (expected: %q)", failure, w.Errcode)
	}
	fields := []string{}
	for _, violation := range failure.FieldViolations {
		fields = append(fields, violation.Field)
		if violation.Description == "" {
			return fmt.Errorf("no description: %v", failure)
		}
	}
	slices.Sort(fields)
	if !slices.Equal(fields, w.Fields) {
		return fmt.Errorf("fields %q (expected: %q)", fields, w.Fields)
	}
	if err := checkRetryAfter(w, failure.RetryAfter); err != nil {
		return err
	}
	if got.status != nil {
		return checkDetails(w, got.status, failure)
	}
	return nil
}

func checkRetryAfter(w wantedError, after *durationpb.Duration) error {
	if (after == nil) != (w.RetryAfter == nil) {
		return fmt.Errorf("retry_after is %v (expected: %s)", after, w.RetryAfter)
	}
	if after == nil {
		return nil
	}
	least, _ := strconv.ParseInt(strings.Trim(string(w.RetryAfter[0]), `"`), 10, 64)
	most, _ := strconv.ParseInt(strings.Trim(string(w.RetryAfter[1]), `"`), 10, 64)
	if ms := after.AsDuration().Milliseconds(); ms < least || ms > most {
		return fmt.Errorf("retry_after is %d ms (expected: %d to %d)", ms, least, most)
	}
	return nil
}

// checkDetails compares the standard details of a status with the SendError beside them.
func checkDetails(w wantedError, got *status.Status, failure *pb.SendError) error {
	if codeName(got.Code()) != w.Code {
		return fmt.Errorf("the status is %v (expected: %s)", got.Code(), w.Code)
	}
	infos, errs := 0, 0
	var bad *errdetails.BadRequest
	var retry *errdetails.RetryInfo
	for _, detail := range got.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			infos++
			metadata := map[string]string{"outcome": w.Outcome}
			if failure.WechatErrcode != nil {
				metadata["wechat_errcode"] = w.Errcode
				metadata["wechat_errmsg"] = failure.WechatErrmsg
				metadata["wechat_rid"] = failure.WechatRid
			}
			if !proto.Equal(d, &errdetails.ErrorInfo{Reason: w.Reason, Domain: "wxnotify.dev", Metadata: metadata}) {
				return fmt.Errorf("ErrorInfo: %v", d)
			}
		case *errdetails.BadRequest:
			bad = d
		case *errdetails.RetryInfo:
			retry = d
		case *pb.SendError:
			errs++
		default:
			return fmt.Errorf("a strange detail: %v", d)
		}
	}
	if infos != 1 || errs != 1 {
		return fmt.Errorf("%d ErrorInfo, %d SendError (expected: one each)", infos, errs)
	}
	if !proto.Equal(retry.GetRetryDelay(), failure.RetryAfter) {
		return fmt.Errorf("RetryInfo is %v (expected: %v)", retry, failure.RetryAfter)
	}
	if len(bad.GetFieldViolations()) != len(failure.FieldViolations) {
		return fmt.Errorf("BadRequest is %v (expected: %v)", bad, failure.FieldViolations)
	}
	for i, violation := range bad.GetFieldViolations() {
		same := failure.FieldViolations[i]
		if violation.Field != same.Field || violation.Description != same.Description {
			return fmt.Errorf("BadRequest is %v (expected: %v)", bad, failure.FieldViolations)
		}
	}
	return nil
}

// codeName returns the name of the specification: Go's own is CamelCase.
func codeName(code codes.Code) string {
	text := regexp.MustCompile("([a-z])([A-Z])").ReplaceAllString(code.String(), "${1}_${2}")
	return strings.ReplaceAll(strings.ToUpper(text), "CANCELED", "CANCELLED")
}
