using System.Security.Cryptography;
using TrustService.Cli.Tests.Support;
using TrustService.Testing.Processes;

namespace TrustService.Cli.Tests.KeyPrograms;

/// <summary>Programs that speak the protocol, well or badly. Needs openssl and jq.</summary>
internal static class SigningProgram
{
    /// <summary>Writes a program that signs with a new P-256 key, and returns its reference.</summary>
    public static string New(SignerMachine machine, string name = "sign-it")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = machine.WriteFile($"{name}.pem", key.ExportECPrivateKeyPem());
        var known = machine.WriteFile($"{name}.pub", key.ExportSubjectPublicKeyInfoPem());
        return Of(machine, name, $$"""
            request=$(cat)
            test "$(printf %s "$request" | jq -r .key)" = release
            case $(printf %s "$request" | jq -r .operation) in
            public-key) jq -n --rawfile key '{{known}}' '{version: 1, publicKey: $key}' ;;
            sign) printf '{"version":1,"signature":"%s"}' "$(printf %s "$request" | jq -r .payload | base64 -d | openssl dgst -sha256 -sign '{{secret}}' | base64 -w0)" ;;
            esac
            """) + "?key=release";
    }

    /// <summary>Writes a program and returns its reference.</summary>
    public static string Of(SignerMachine machine, string name, string script)
    {
        // Another process writes it: while a test beside this one starts a process, a file that is open here cannot be run.
        Command.Run("install", "-m", "700", machine.WriteFile(name + ".sh", $"#!/bin/sh\nset -eu\n{script}\n"), Path.Combine(machine.Root, name));
        return "exec:" + Path.Combine(machine.Root, name);
    }
}
