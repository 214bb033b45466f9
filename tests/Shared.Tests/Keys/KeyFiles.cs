namespace TrustService.Shared.Tests.Keys;

/// <summary>Key files that other programs wrote. The keys guard nothing; every passphrase is <c>correct</c>.</summary>
internal static class KeyFiles
{
    /// <summary>Made by openssl genpkey; the key of every P-256 file below.</summary>
    public const string Pkcs8P256 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxZ5t/e1tXWy4whnT
        JuQS+zNd006SmWeNjMKWMjG6sI2hRANCAATrXkNjLwBVLFeUxBbavzdnog9yMvZK
        0WVHBqtLCDd4MbTrxOG+c7sDcpox5NoZSXXgCPZpyP7Yh4tY4fJ0Mly7
        -----END PRIVATE KEY-----
        """;

    /// <summary>The same, openssl pkcs8 -topk8 -v2 aes-256-cbc.</summary>
    public const string EncryptedP256 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAinnpsteyuenwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENK7X6hpHf65dzyWNXM+Dt8EgZBA
        jugCcjXIgAbTL7nBvDlGhZyoKZ3zXzJbYJXanuNR4jOzi0qc1NHSE20jfe0D6yi2
        CoryVQrlDciZNaGI4BqTqc019dC3NA6QrNCSzGexq02EFjtHTdRN/TT26Qe4HaxJ
        UW8S63vbVs9hFMsuXvuy5fFu1msyF6vjYs6HXlHVrh/+7CLyHJ0wNtxSidaueio=
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>The same with HMAC-SHA1 and AES-128.</summary>
    public const string EncryptedSha1Aes128 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHeMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAgq254H53yudQICCAAw
        HQYJYIZIAWUDBAECBBDm37GwASmSf6cT7+yF/QJGBIGQDunwoNG2EQZWva7tqvUu
        Qj5F3pgR/Xvxu4aNfIU7RfXyZecJdhrbWOaA8Qkw5hZ1G/wcpzwNx7GR1qZp3mOk
        nV3fgG2yW1Ffuqe/b8jxt9XpymNwIMTajRA7zGQjslDwt/9Xyn5EpoyHD+F/VSzJ
        a54xtRPTYoiXQfFVPIS9Sb+f67mzSyrKePvVS8UGWnNQ
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>The same with scrypt, which is not read.</summary>
    public const string ScryptP256 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAj+UyYUA0r7SAICQAAC
        AQgCAQEwHQYJYIZIAWUDBAEqBBDjkbpSqKO/aX9WesPYCwAjBIGQKn7nkMdGCrQ1
        Vcgh+DZGtQuWy3COD+FIbKZaZXIfg9K34iE45Fqi7GeKzMfyICIgwRHHxZ82YFUQ
        kdPLiHEKEmLlzV3S3ZUBiCy2STsR9icB3FLuzMemgdC+RI+Kr5AbLh6aWDV77soC
        p7/w68HLLbKMpvojLZpHwM1WtqRco6oZi3WrpLUm0mIeNk44PCxe
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>The same, encrypted inside the PEM as OpenSSL once did.</summary>
    public const string OldOpenSslP256 = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,3395E017B201CB87461A5DD738E04334

        Pxm8koxP/SlHKPulfxkYu3nZZnRzfL9HyAdWdTrdfUZ4dyU+5eAzTZddh0jmL2kS
        hFGvpzDa5rvKDxaA/VLr4D+IYoKHVNBeHR5MfylGvBzsDikHSwYYzsCtAfS42XX0
        15UGXKDvNzQMNQY9WDWsFoHgHRlPPKhmh03M1qOC5YI=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>The same, openssl ec -des3.</summary>
    public const string OldOpenSslTripleDes = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: DES-EDE3-CBC,8062BA51D9B185ED

        NAZVWu1mi5D0Fgi2qBj7wUaUawLPg2PjlI5k9a2gvxLb+nZHIHsY9K6IhQOK3vEm
        ayC6zA76gidfXK5ZvhU3Xmwb+kTtste8Ei83SCt6mSP/YGWG4NZH6PB/F625AfvB
        cltcjzPRcBIqasys/LGX9VFKbaumNRwJwTmI1rf1ncc=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>Made by openssl ecparam -name secp384r1 -genkey: a block of parameters stands first.</summary>
    public const string Sec1P384 = """
        -----BEGIN EC PARAMETERS-----
        BgUrgQQAIg==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MIGkAgEBBDBQbdV2W8OF9HMgvLhoDkpQhrOa/wER8TNEmptIq5PdNOU6aVDi585f
        Wi/qL45mvzOgBwYFK4EEACKhZANiAASzx/lOlZOx6yqG9DvBmnYXm5w9F/xtGoR5
        QhouqCkkrg1mLUYatpIOYD5Zg8NaJFtFRh1N9gW4j5SippFqDoZwniIPBJaUtH/t
        IWvyrBQjhaesTC1fp5/E3BYXnY+j/hQ=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>Made by openssl genpkey -algorithm ed25519.</summary>
    public const string Pkcs8Ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIGEhP/jH7CeUH26E9Avdv4T7lrGJCnCiC/0Bce+yStPC
        -----END PRIVATE KEY-----
        """;

    /// <summary>The same, openssl pkcs8 -topk8.</summary>
    public const string EncryptedEd25519 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi2pUT+OVa8jwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJpTnjdbS3c/V+da09yxj+UEQCF0
        f9ixVdnmB78T7KAI2+hlybE6LIeF+pDzp6KBukyg/SDT2dp+QcovIQ794fKogiT+
        61LdotUeyF/dBx4lsX4=
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>Made by openssl genrsa -traditional 2048.</summary>
    public const string Pkcs1Rsa = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEAn+09jq33xDoxaMxtUGfhP/ZnOFTGu6+VC7iSfe4FYOYNUKGP
        z4oBVnz7nc/XdeSo5Pj1eHR1TdeItuv2z9a1vXuRYRJ0616ZgqmZ7NOZbF2GavZn
        Pfgflr2Pdav0sycoS1XERRna7lRNXYwA20DDwWYUvd9puY1i8ihQLTVeD2s1iZu7
        WKY+riju2UnQ5CefzFWwpEHYY+ikc/6+TVTo+PiK/wCy7aI9MCdT08f0DyZgaQ4+
        BMk2JxeCtBDQMbt6+7RDnlh1bL8UoEplTL/DhOm3zkgTeLuc+E5tGScXEYsF6lYm
        aQ5oUyk5yUc4QeigQ0uXleFa4JUIfbMy+NNN1wIDAQABAoIBAEuuQ6qw9eaU2Uvs
        LbDWr9gKfVdBexhXY1N8IUrZqA7uXw+wnPMMLkzk8VeBg0dFkY1lqRg7GEXhgM97
        g71gMHn+L1J+HvlBN6kHJJHXoquO6KzWdQ30zNITW3/Gg5KCLcXUzQAcV6fgGgpy
        VfdrwxdS/O7Lemc2GsRYwnRaZGwrws9h2NSFnZys4/Kt+/fSabO/7deXpWnR5Krs
        WbYWqC0lwdkgrvrThFcVGmI15wh1Waz8K1PwKFAlWDfZVEmx/NR7xvoewZ+GUnYX
        GfPErhi8mEsuIiapEKFSCFHNyWYA9HGA/IOJb4wgJx3f0/QU3FfgqPYDsVTKfkPg
        Iyr9RH0CgYEAzXtd6KxRQg72LB3Exlild3lLusMTbfMngRyJlH/qDhT2oNA7jGFt
        WVFqKm9XBAhsoRu0iWkWPyUqLNTkUi7V5aPaks9gP8qtSVTmmNWd7j+DUzUKnmYb
        GuS0zBaGdDDfquAKSZ2BTtBrEx+wX335PGnw1BkVeOJ4uOAuFxzrOWUCgYEAxz63
        /MJ5nFwmvbvc4UH4aB8v96iEwvla6jBvPEfR5LYBgIjhOR/RMxM0bTqnmMC+wbKC
        nb8ef3a7DOJX1uY9OIrjCPifsu3y/RHVxI8D7798ctsdjy7wIvcjKeykDUq2LG11
        No3VOfzHgnTAuiqzX1YEhKQA/koA7jJ38lvOVIsCgYEAv4rHUFQI7x4JRbh+LDKI
        E+XCvRaJLw3hfk4+xWmzoWrTN7bEO6i6CO+GmoXtRDoiINA1q32FGlmnheDx8NXt
        18G0xvN+khh5DgmRZ1iBfow/+7lO67bcf2ZATpqUvQyuApgTnumuluxbU5lPjMRe
        J33N27iCNoxN4nA/JpZzgq0CgYEAoopv3itouj4S/MW9M6Z117tZjlhTthtmJ5bL
        qAmPGV3Ba/I+ijOCnoAUTOeEwgC7nZjbJYU8hA+AGMqtjgrV9sKW5EKvRXEIwZtD
        IM7rDzLPe4N1YdGQ5XVnolQCoTVJ2ISTEqYyRNQKjkpgz372RdgOZ4bDqK8Gg0t4
        vqZWdHECgYB1L2U/q/pnIOjsQPBj7QaJ0LFCKY8TN3SgOr9Sq6//dcGVPU0IjEKY
        hMCxuwQ9d5cDbJE5CRpqOPcGHJNivNlRfT17gI9z5voATW+FvTMuuN7EoNYP44bZ
        7v1lwYRwrAvY11BuXKyoP3R2EOEjzTW2oqLFZCtrhxrxNGtW26+vUA==
        -----END RSA PRIVATE KEY-----
        """;

    /// <summary>Made by notary 0.7: key import of the P-256 key for the role targets.</summary>
    public const string NotaryTargets = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        gun: registry.example.com/team/app
        role: targets

        MIHuMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAh6Z+dX4OlFZAICCAAw
        HQYJYIZIAWUDBAEqBBABjCCTZwvoXWPCIEPPKFsUBIGg7bf7HeB66Kh4830ivFM4
        tiZBMV+he1gJunWNIlLci7RlWLtTI81Ks0awPN/yBdKEgoEmG9p1IWxQ3wViPceh
        vSVSxzrtoiOHaOfcx74Nmca9ApNytLgP+qTqn3yVobkUHr0tZLYcXQd2m1Z5VcsO
        SmOLTysUnfk3SNBtWKdQ/ie1khY33mDNiKrOv06qrpujAj63275q6/IH8/NWIMeI
        Rg==
        -----END ENCRYPTED PRIVATE KEY-----
        """;
}
