// Command ask shows the keywords of a template, and gets the app's access token for other calls of WeChat's API.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	pb "example.com/wxnotify/gen/wxnotify/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: ask HOST:PORT TEMPLATE_ID ERRCODE")
	}
	errcode, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := showKeywords(ctx, pb.NewTemplateServiceClient(connection), os.Args[2]); err != nil {
		log.Fatal(err)
	}
	if err := useToken(ctx, pb.NewTokenServiceClient(connection), errcode); err != nil {
		log.Fatal(err)
	}
}

func showKeywords(ctx context.Context, templates pb.TemplateServiceClient, id string) error {
	response, err := templates.GetTemplate(ctx, &pb.GetTemplateRequest{TemplateId: id})
	for _, keyword := range response.GetTemplate().GetKeywords() {
		fmt.Println(keyword.Key, keyword.Label, keyword.EnumValues)
	}
	return err
}

func useToken(ctx context.Context, tokens pb.TokenServiceClient, errcode int) error {
	token, err := tokens.GetAccessToken(ctx, &pb.GetAccessTokenRequest{})
	if err != nil {
		return err
	}
	fmt.Printf("token %s for %s\n", token.Fingerprint, token.ExpiresIn.AsDuration()) // Never print the AccessToken itself.
	// In real life: what WeChat answered to a call with the AccessToken.
	switch errcode {
	case 40001, 40014, 42001:
		refused := &pb.RejectAccessTokenRequest{Fingerprint: token.Fingerprint, WechatErrcode: int32(errcode)}
		if _, err = tokens.RejectAccessToken(ctx, refused); err != nil {
			return err
		}
		if token, err = tokens.GetAccessToken(ctx, &pb.GetAccessTokenRequest{}); err != nil {
			return err
		}
		fmt.Println("refused, now", token.Fingerprint)
	}
	return nil
}
