namespace TrustService.LoadTool;

/// <summary>A repository whose root and targets keys are here; the server holds those of snapshot and timestamp.</summary>
internal interface IOwnedRepository
{
    /// <summary>Where uploads are posted to.</summary>
    string PublishPath { get; }

    /// <summary>Where the current timestamp is read.</summary>
    string TimestampPath { get; }

    /// <summary>The file of the first root, for clients that pin it.</summary>
    ReadOnlyMemory<byte> RootFile { get; }

    /// <summary>Signs the first publish: root and targets.</summary>
    Upload First();

    /// <summary>Signs the publish after the last one: targets with one tag moved.</summary>
    Upload Next();
}
