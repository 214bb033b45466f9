using System.Collections.Immutable;
using System.Text.Json;

namespace TrustService.Json;

/// <summary>Members of an object that this version does not know; they are kept and written back.</summary>
/// <remarks>Source: TUF 1.0.34 §4: unknown members survive and are covered by signatures.</remarks>
public sealed class UnrecognizedMembers
{
    /// <summary>No member.</summary>
    public static readonly UnrecognizedMembers None = new([]);

    private readonly ImmutableArray<JsonProperty> members;

    internal UnrecognizedMembers(IEnumerable<JsonProperty> members) => this.members = [.. members];

    /// <summary>True if there is none.</summary>
    public bool IsEmpty => members.IsEmpty;

    /// <summary>The members without the one of that name.</summary>
    public UnrecognizedMembers Without(string name) =>
        members.Any(member => member.Name == name) ? new UnrecognizedMembers(members.Where(member => member.Name != name)) : this;

    /// <summary>Writes the members into the object that <paramref name="writer"/> is in.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        foreach (var member in members)
            member.WriteTo(writer);
    }
}
