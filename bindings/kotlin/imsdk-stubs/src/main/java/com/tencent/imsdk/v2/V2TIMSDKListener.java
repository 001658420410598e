package com.tencent.imsdk.v2;

public abstract class V2TIMSDKListener {
    public void onConnecting() {}

    public void onConnectSuccess() {}

    public void onConnectFailed(int code, String error) {}

    public void onKickedOffline() {}

    public void onUserSigExpired() {}
}
