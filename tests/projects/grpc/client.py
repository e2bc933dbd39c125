import os

import grpc

with grpc.insecure_channel("127.0.0.1:" + os.environ["PORT"]) as channel:
    fill = channel.unary_unary("/shop.Orders/Fill")
    try:
        fill(b"7")
    except grpc.RpcError as error:
        print(error.code())
